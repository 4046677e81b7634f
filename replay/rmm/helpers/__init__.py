"""The functions that the tables' expressions call, under the facts' names.

Each takes the model first.  A function over an object that does not exist is
never called (the generated code guards it); one that cannot form its object
answers None, and the condition that asked for it is then false.
"""

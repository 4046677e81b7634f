"""Calls of several CPUs that overlap in time: an order of them that explains the results.

A trace has its calls in the order in which they returned; the RMM did them in another
one, if it did them while others were under way.  What is known is when each entered and
returned: it took effect between.  `window.Overlaps` stands between the reader and the
judge and hands calls on in an order in which none is a violation, if there is one.

    begins   an RMI_REC_ENTER lasts: its entry becomes a line of its own
    window   the calls that may still change places, judged ahead by a copy of the judge
    orders   the search for another order
    commute  which calls may change places without a difference
    copies   the copy of a judge
"""

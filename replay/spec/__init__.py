"""What each RMI command may answer: tables, and the functions generated from them."""

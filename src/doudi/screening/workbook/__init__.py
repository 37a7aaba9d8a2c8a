"""Workbooks for an office: the blank ledger, the ledger read with every fault said, the results to hand on.

``write_template(path, book, made)`` writes the blank ledger that a pack asks for.
``read_ledger(path, book, latest_birth)`` reads one; ``Ledger.log`` holds what is wrong with its rows, ``BadWorkbook`` is raised where the file cannot be used.
``screen_workbook(path, pack, month, made)`` reads, decides and writes the results and the report of faults.

A household with a fault is held back whole. Names and identity numbers stay between the workbook that comes in and the one that goes out.
"""

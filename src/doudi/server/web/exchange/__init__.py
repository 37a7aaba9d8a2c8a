"""What comes in and goes out as workbooks: imports step by step, lists of others compared with ours, lists taken away."""

"""Function calling in the seven subtasks of Granite-20B-FunctionCalling (arXiv 2407.00121)."""

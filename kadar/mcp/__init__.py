"""The assistant's door: the Model Context Protocol over standard input or HTTP."""

"""The commands of `thb`, one module each; `cli` lists them."""

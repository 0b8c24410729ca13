"""Making Tensors: of data, of one number, of ranges, of random numbers. Imports the engine and what is below it."""

"""The living page: what an op computes, translated to JavaScript, so that a page runs it again with other numbers."""

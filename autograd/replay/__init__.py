"""Functions recorded once and replayed: `compile`. Imports what is below the faces; knows optimizers by their base."""

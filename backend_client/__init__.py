"""All the data: the model, the Backend contract, the local store, importers. Knows no screen."""

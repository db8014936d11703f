"""Finding the files of recordings and reading their bytes: folders, web servers, and the demo's own."""

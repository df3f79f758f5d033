"""What harms a page that shows what it was told, and where it is put."""

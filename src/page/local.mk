# Sources of src/page

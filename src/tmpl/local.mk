# Sources of src/tmpl

//! Line charts and bars as SVG and PNG.

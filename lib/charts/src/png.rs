//! Figures as bytes of a file. Knows nothing about where the bytes go.

use std::path::Path;
use std::sync::Arc;

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree, fontdb};
use thiserror::Error;

use crate::figure::Figure;

/// Kinds of image files.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Format {
    Svg,
    Png,
}

#[derive(Debug, Error)]
pub enum RenderError {
    #[error("{name}: expected a name that ends in .svg or .png")]
    UnknownFormat { name: String },
    #[error("failed to lay out the figure")]
    Layout(#[from] resvg::usvg::Error),
    #[error("a figure of {width} x {height} pixels is too large")]
    TooLarge { width: u32, height: u32 },
    #[error("failed to encode the image: {message}")]
    Encode { message: String },
}

/// Pixels of a PNG per unit of its SVG, for sharp text on dense screens and in print.
const SCALE: f32 = 2.0;

/// The embedded typeface is a light one; an outline of its own colour brings it to the weight of
/// the usual fonts.
const WEIGHTS: &str = "text { stroke-width: 0.35 } .label { stroke: #222222 } \
    .muted { stroke: #5c5c5c } .strong { stroke: #222222; stroke-width: 0.75 }";

impl Format {
    /// The format that a file's name asks for.
    pub fn of(path: &Path) -> Result<Format, RenderError> {
        let ending = path.extension().map(|ending| ending.to_ascii_lowercase());
        match ending.as_deref().and_then(|ending| ending.to_str()) {
            Some("svg") => Ok(Format::Svg),
            Some("png") => Ok(Format::Png),
            _ => Err(RenderError::UnknownFormat {
                name: path.display().to_string(),
            }),
        }
    }
}

impl Figure {
    /// The bytes of an image file.
    pub fn render(&self, format: Format) -> Result<Vec<u8>, RenderError> {
        match format {
            Format::Svg => Ok(self.to_svg().into_bytes()),
            Format::Png => rasterised(&self.to_svg()),
        }
    }
}

fn rasterised(svg: &str) -> Result<Vec<u8>, RenderError> {
    let tree = Tree::from_str(svg, &options())?;
    let size = tree.size();
    let (width, height) = (
        (size.width() * SCALE).ceil() as u32,
        (size.height() * SCALE).ceil() as u32,
    );
    let mut pixels = Pixmap::new(width, height).ok_or(RenderError::TooLarge { width, height })?;
    resvg::render(
        &tree,
        Transform::from_scale(SCALE, SCALE),
        &mut pixels.as_mut(),
    );
    pixels.encode_png().map_err(|error| RenderError::Encode {
        message: error.to_string(),
    })
}

/// Only the embedded fonts are used, so that an image looks the same on every machine.
fn options() -> Options<'static> {
    let mut fonts = fontdb::Database::new();
    fonts.load_font_data(epaint_default_fonts::UBUNTU_LIGHT.to_vec());
    fonts.load_font_data(epaint_default_fonts::HACK_REGULAR.to_vec());
    fonts.set_sans_serif_family("Ubuntu");
    Options {
        font_family: "Ubuntu".into(),
        fontdb: Arc::new(fonts),
        style_sheet: Some(WEIGHTS.into()),
        ..Options::default()
    }
}

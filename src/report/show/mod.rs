//! One connection shown: as a story in text, or as a picture.

mod picture;
#[cfg(feature = "cli")]
mod story;

pub use picture::{Picture, PictureFormat};
#[cfg(feature = "cli")]
pub use story::Story;

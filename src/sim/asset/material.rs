//! What things are made of, as light sees it.

use serde::{Deserialize, Serialize};

use crate::sim::texture::TextureId;

/// How a surface sends light back.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Material {
    /// Share of light sent back, linear; multiplies the texture.
    pub albedo: [f32; 3],
    /// 0 is a mirror, 1 is chalk.
    pub roughness: f32,
    /// 0 or 1.
    pub metallic: f32,
    /// Its pattern.
    pub texture: TextureId,
    /// Metres that one tile of the pattern covers.
    pub tile: f32,
}

impl Material {
    /// A plain one.
    #[must_use]
    pub const fn plain(albedo: [f32; 3], roughness: f32) -> Self {
        Self {
            albedo,
            roughness,
            metallic: 0.0,
            texture: TextureId::PLAIN,
            tile: 1.0,
        }
    }
}

/// What a thing is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "each is its own name")]
pub enum Finish {
    Plastic,
    Ceramic,
    Glass,
    Wood,
    Metal,
    Rubber,
    Cloth,
    Paper,
    Cardboard,
    Foam,
    Wax,
    Fur,
    Wicker,
    Skin,
    Crust,
    Leather,
}

impl Finish {
    /// Its name in a sentence: "wooden".
    #[must_use]
    pub const fn adjective(self) -> Option<&'static str> {
        match self {
            Self::Plastic => Some("plastic"),
            Self::Ceramic => Some("ceramic"),
            Self::Glass => Some("glass"),
            Self::Wood => Some("wooden"),
            Self::Metal => Some("metal"),
            Self::Rubber => Some("rubber"),
            Self::Cloth => Some("cloth"),
            Self::Paper => Some("paper"),
            Self::Cardboard => Some("cardboard"),
            Self::Foam => Some("foam"),
            Self::Wicker => Some("wicker"),
            Self::Leather => Some("leather"),
            Self::Fur => Some("plush"),
            Self::Wax | Self::Skin | Self::Crust => None,
        }
    }

    /// This finish in a colour.
    #[must_use]
    pub fn coloured(self, albedo: [f32; 3]) -> Material {
        let (roughness, metallic, texture, tile) = match self {
            Self::Plastic => (0.34, 0.0, "plain", 1.0),
            Self::Ceramic => (0.16, 0.0, "plain", 1.0),
            Self::Glass => (0.07, 0.0, "plain", 1.0),
            Self::Wood => (0.55, 0.0, "grain", 0.12),
            Self::Metal => (0.3, 1.0, "brushed", 0.08),
            Self::Rubber => (0.8, 0.0, "speckle", 0.06),
            Self::Cloth => (0.95, 0.0, "weave", 0.04),
            Self::Paper => (0.85, 0.0, "fibre", 0.1),
            Self::Cardboard => (0.88, 0.0, "fibre", 0.08),
            Self::Foam => (0.95, 0.0, "pores", 0.05),
            Self::Wax => (0.5, 0.0, "plain", 1.0),
            Self::Fur => (0.95, 0.0, "fur", 0.04),
            Self::Wicker => (0.7, 0.0, "wicker", 0.04),
            Self::Skin => (0.38, 0.0, "speckle", 0.08),
            Self::Crust => (0.8, 0.0, "crust", 0.08),
            Self::Leather => (0.55, 0.0, "pebble", 0.05),
        };
        Material {
            albedo,
            roughness,
            metallic,
            texture: TextureId::named(texture),
            tile,
        }
    }
}

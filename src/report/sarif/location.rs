//! Where a result is: the file and the octets in it, the connection and the frame (OASIS sarif-v2.1.0, §3.28–§3.33).

use super::uri;
use crate::audit::{FindingEvent, Place};
use crate::capture::FrameNumber;
use serde::Serialize;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Location {
    physical_location: PhysicalLocation,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    logical_locations: Vec<LogicalLocation>,
}

impl Location {
    /// A frame that a finding is about; the capture, where it is about no frame.
    pub fn of_frame(capture: &str, event: &FindingEvent<'_>, frame: FrameNumber) -> Self {
        let place = event.whereabouts.and_then(|whereabouts| whereabouts.place(frame));
        let uri = uri::reference(place.as_ref().map_or(capture, |place| place.capture));
        let names = stream(event.stream).into_iter().chain((frame > 0).then(|| format!("frame {frame}")));
        Self {
            physical_location: PhysicalLocation {
                artifact_location: ArtifactLocation { uri },
                region: place.map(Region::from),
            },
            logical_locations: LogicalLocation::named(names.collect()),
        }
    }

    /// A connection, or a capture where it is about none.
    pub fn of_connection(capture: &str, number: Option<u32>) -> Self {
        let artifact_location = ArtifactLocation { uri: uri::reference(capture) };
        Self {
            physical_location: PhysicalLocation { artifact_location, region: None },
            logical_locations: LogicalLocation::named(stream(number).into_iter().collect()),
        }
    }
}

fn stream(number: Option<u32>) -> Option<String> {
    number.map(|number| format!("stream {number}"))
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation {
    artifact_location: ArtifactLocation,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<Region>,
}

#[derive(Serialize)]
struct ArtifactLocation {
    uri: String,
}

/// The record of a frame, with its header.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    byte_offset: u64,
    byte_length: u64,
    properties: RegionProperties,
}

#[derive(Serialize)]
struct RegionProperties {
    /// The frame's number in this file.
    frame: FrameNumber,
    /// Whether octets are counted in what the file holds when it is unpacked.
    #[serde(skip_serializing_if = "is_false")]
    unpacked: bool,
}

impl From<Place<'_>> for Region {
    fn from(place: Place<'_>) -> Self {
        Self {
            byte_offset: place.octets.start,
            byte_length: place.octets.end.saturating_sub(place.octets.start),
            properties: RegionProperties { frame: place.frame, unpacked: place.unpacked },
        }
    }
}

const fn is_false(it: &bool) -> bool {
    !*it
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LogicalLocation {
    name: String,
    fully_qualified_name: String,
    kind: &'static str,
}

impl LogicalLocation {
    /// The innermost of names that lie in each other; none where there is no name.
    fn named(names: Vec<String>) -> Vec<Self> {
        let innermost = names.last().cloned();
        let named = |name| Self { name, fully_qualified_name: names.join("/"), kind: "element" };
        innermost.map(named).into_iter().collect()
    }
}

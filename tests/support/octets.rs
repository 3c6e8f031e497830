//! Capture files octet by octet, in either byte order, well formed or not.

/// A capture file in the making; its methods append.
#[derive(Clone, Debug)]
pub struct File {
    big: bool,
    pub octets: Vec<u8>,
}

/// An option of a pcapng block: code and value.
pub type Opt<'a> = (u16, &'a [u8]);

impl File {
    pub fn little() -> Self {
        Self { big: false, octets: Vec::new() }
    }

    pub fn big() -> Self {
        Self { big: true, octets: Vec::new() }
    }

    /// One file for each byte order.
    pub fn both() -> [Self; 2] {
        [Self::little(), Self::big()]
    }

    /// What `write` appends, alone.
    pub fn part(&self, write: impl FnOnce(Self) -> Self) -> Vec<u8> {
        write(Self { big: self.big, octets: Vec::new() }).octets
    }

    pub fn u16(mut self, value: u16) -> Self {
        self.octets.extend(if self.big { value.to_be_bytes() } else { value.to_le_bytes() });
        self
    }

    pub fn u32(mut self, value: u32) -> Self {
        self.octets.extend(if self.big { value.to_be_bytes() } else { value.to_le_bytes() });
        self
    }

    pub fn u64(mut self, value: u64) -> Self {
        self.octets.extend(if self.big { value.to_be_bytes() } else { value.to_le_bytes() });
        self
    }

    pub fn raw(mut self, octets: &[u8]) -> Self {
        self.octets.extend(octets);
        self
    }

    fn pad(mut self) -> Self {
        self.octets.resize(self.octets.len().next_multiple_of(4), 0);
        self
    }

    /// A pcap file header, version 2.4.
    pub fn pcap(self, magic: u32, snaplen: u32, link_type: u32) -> Self {
        self.u32(magic).u16(2).u16(4).u64(0).u32(snaplen).u32(link_type)
    }

    pub fn pcap_record(self, seconds: u32, fraction: u32, data: &[u8]) -> Self {
        let len = data.len() as u32;
        self.u32(seconds).u32(fraction).u32(len).u32(len).raw(data)
    }

    /// A pcapng block with its two lengths right.
    pub fn block(self, kind: u32, body: &[u8]) -> Self {
        let len = body.len().next_multiple_of(4) as u32 + 12;
        self.u32(kind).u32(len).raw(body).pad().u32(len)
    }

    pub fn section(self, options: &[Opt<'_>]) -> Self {
        let body = self.part(|body| body.u32(0x1a2b_3c4d).u16(1).u16(0).u64(u64::MAX).options(options));
        self.block(0x0a0d_0d0a, &body)
    }

    pub fn interface(self, link_type: u16, snaplen: u32, options: &[Opt<'_>]) -> Self {
        let body = self.part(|body| body.u16(link_type).u16(0).u32(snaplen).options(options));
        self.block(1, &body)
    }

    pub fn enhanced(self, interface: u32, units: u64, data: &[u8], options: &[Opt<'_>]) -> Self {
        let len = data.len() as u32;
        let body = self.part(|body| {
            body.u32(interface)
                .u32((units >> 32) as u32)
                .u32(units as u32)
                .u32(len)
                .u32(len)
                .raw(data)
                .pad()
                .options(options)
        });
        self.block(6, &body)
    }

    pub fn obsolete(self, interface: u16, drops: u16, units: u64, data: &[u8], options: &[Opt<'_>]) -> Self {
        let len = data.len() as u32;
        let body = self.part(|body| {
            let body = body.u16(interface).u16(drops).u32((units >> 32) as u32).u32(units as u32);
            body.u32(len).u32(len).raw(data).pad().options(options)
        });
        self.block(2, &body)
    }

    pub fn simple(self, original_len: u32, data: &[u8]) -> Self {
        let body = self.part(|body| body.u32(original_len).raw(data));
        self.block(3, &body)
    }

    pub fn statistics(self, interface: u32, options: &[Opt<'_>]) -> Self {
        let body = self.part(|body| body.u32(interface).u64(0).options(options));
        self.block(5, &body)
    }

    /// The options and the end of them, or nothing at all.
    fn options(self, options: &[Opt<'_>]) -> Self {
        let written =
            options.iter().fold(self, |file, (code, value)| file.u16(*code).u16(value.len() as u16).raw(value).pad());
        if options.is_empty() { written } else { written.u32(0) }
    }
}

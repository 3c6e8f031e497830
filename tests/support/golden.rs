//! Golden files under `testdata/expected`: compared, or with `BLESS=1` rewritten.

use std::path::Path;

/// Demands that `text` is what the golden file `name` holds.
pub fn check(name: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/expected").join(name);
    if std::env::var_os("BLESS").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        return;
    }
    let golden = std::fs::read_to_string(&path).unwrap_or_default();
    if let Some((number, (got, want))) =
        text.lines().zip(golden.lines()).enumerate().find(|(_, (got, want))| got != want)
    {
        panic!("{name}:{}: expected\n{want}\ngot\n{got}\n(BLESS=1 accepts it)", number + 1);
    }
    assert_eq!(text.len(), golden.len(), "{name} and the output differ in length; BLESS=1 accepts it");
}

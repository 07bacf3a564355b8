public import SystemPackage

/// Files that ship with the project for its tests.
public enum Fixtures {
    /// The folder of recordings that real browsers made, sound ones and ones with a known fault.
    public static let recordings: FilePath = FilePath(#filePath).removingLastComponent().removingLastComponent()
        .appending("Fixtures").appending("recordings")

    /// The path of one recording, for example `chrome-vp9-opus.webm`.
    public static func recording(_ name: String) -> FilePath {
        recordings.appending(name)
    }
}

public import SystemPackage

/// Files that ship with the project for its tests.
public enum Fixtures {
    /// The project's folder.
    public static let project: FilePath = FilePath(#filePath).removingLastComponent().removingLastComponent().removingLastComponent()

    /// The folder of recordings that real browsers made, sound ones and ones with a known fault.
    public static let recordings: FilePath = project.appending("Tests/Fixtures/recordings")

    /// The path of one recording, for example `chrome-vp9-opus.webm`.
    public static func recording(_ name: String) -> FilePath {
        recordings.appending(name)
    }
}

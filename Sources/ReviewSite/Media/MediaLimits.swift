internal import NIOCore

/// How much of a site its readers' transfers of media may take up. A transfer holds up to two pieces of 256 KiB in memory.
struct MediaLimits: Sendable {
    /// The transfers at the same time, of all readers. Browsers keep one open for each video that is shown, even while it is paused.
    var atOnce = 512
    /// Those of one reader; further ones wait for their turn.
    var perReader = 16
    /// How many of one reader's may wait. A wall of posters has fifty.
    var waitingPerReader = 128
    /// A connection whose reader took less than ``least`` bytes in this time, although there was more to take, is closed. Players open another one
    /// and continue where they were.
    var patience = TimeAmount.seconds(60)
    var least = 16 << 10
}

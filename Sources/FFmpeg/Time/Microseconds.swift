/// A moment or a length in whole microseconds. Every timestamp leaves a packet or frame in this unit, so that streams with
/// different time bases can be compared; no browser or phone counts finer than about 10 µs.
public typealias Microseconds = Int64

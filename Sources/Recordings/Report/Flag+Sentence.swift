extension Flag.Name {
    /// The finding in words for the hiring team: short, plain, about the recording.
    public var sentence: String {
        switch self {
        case .noVideo: "There is no picture."
        case .noAudio: "There is no sound."
        case .micMuted: "The microphone recorded nothing."
        case .cameraCovered: "The camera was covered or dark."
        case .videoFrozen: "The picture freezes."
        case .stalled: "The picture stops for more than two seconds."
        case .truncated: "The recording ends too early; part of it never arrived."
        case .dataMissing: "A piece inside the recording is missing."
        case .audioClipped: "The sound is distorted: the microphone was too loud."
        case .audioQuiet: "The sound is very quiet."
        case .audioLoud: "The sound is very loud."
        case .leadingSilence: "It begins with a long silence."
        case .trailingSilence: "It ends with a long silence."
        case .mostlySilent: "It is silent most of the time."
        case .avOffset: "Picture and sound do not start or end together."
        case .lowFrameRate: "The picture is jerky: few frames a second."
        case .sizeChanged: "The picture changes its size or is turned."
        case .typeMismatch: "The file is of another type than its name says."
        case .tooShort: "It is shorter than a second."
        case .hdr: "It is recorded in high dynamic range; colours may look different."
        case .decodeErrors: "Parts of it could not be decoded."
        }
    }
}

import NIOHTTP1

/// What a store says when it does not do what it was asked for. Texts of the answer that do not have the expected form are left out, because they
/// get into messages, and the answer may come from something else than a store.
struct S3Refusal: Sendable {
    var status: Int
    /// The error's name in the body. The answer to HEAD has no body.
    var code: String?
    /// The region that the bucket is in.
    var region: String?
    /// The host that the store names for further requests.
    var host: String?
    /// The whole address that the store names, as it came.
    var location: String?
    /// For how many seconds no request shall come.
    var pause: Int?

    init(status: Int, headers: HTTPHeaders, body: String) {
        let document = S3Document(body)
        self.status = status
        code = document["Code"].flatMap { Self.isWord($0, atMost: 64) ? $0 : nil }
        region = (headers.first(name: "x-amz-bucket-region") ?? document["Region"]).flatMap { Self.isWord($0, atMost: 32) ? $0 : nil }
        location = headers.first(name: "location")
        host = (document["Endpoint"].flatMap { S3Endpoint("https://\($0)") } ?? location.flatMap { S3Redirect($0)?.endpoint })?.authority
        pause = headers.first(name: "retry-after").flatMap { $0.utf8.count <= 6 ? UInt32($0).map { Int($0) } : nil }
    }

    var failure: S3Failure {
        let isOfRegion = (code == "AuthorizationHeaderMalformed" || code == "IllegalLocationConstraintException") && region != nil
        if (300...399).contains(status) || isOfRegion { return .elsewhere(status: status, code: code, region: region, host: host) }
        let refused = S3Failure.refused(status: status, code: code)
        if let pause, refused.isTransient { return .busy(status: status, code: code, seconds: pause) }
        return refused
    }

    /// ASCII letters, digits, dots, hyphens and underscores.
    private static func isWord(_ text: String, atMost length: Int) -> Bool {
        (1...length).contains(text.utf8.count)
            && text.utf8.allSatisfy {
                switch $0 {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                    UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }
}

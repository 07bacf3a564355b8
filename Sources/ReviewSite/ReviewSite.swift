internal import Crypto
internal import CryptoExtras
internal import HTTPTypes
internal import Hummingbird
internal import Logging
internal import Mustache
internal import NIOCore

/// The review site.
struct ReviewSite {
    let router = Router()
}

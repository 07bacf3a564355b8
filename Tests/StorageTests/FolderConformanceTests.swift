import Storage
import TestSupport
import Testing

struct FolderConformanceTests {
    @Test(arguments: StorageRequirement.all)
    func `A folder is a storage`(requirement: StorageRequirement) async throws {
        try await TemporaryFolder.with { folder in
            try await requirement.check(try await FolderStorage.open(folder))
        }
    }
}

using Marten;

namespace Ledger.Server;

/// <summary>
/// What the ledger keeps beside the log, as Marten documents: keys, erasure requests, answers that are given again, drafts of notices, the keys of
/// sessions, the ledger's own name. Subscriptions stay in our own tables, because their rows change with every delivery, in the same transaction
/// (docs/decisions/0015).
/// </summary>
internal static class OperationalDocuments
{
    internal static void Configure(StoreOptions options)
    {
        options.Schema.For<StoredKey>().DocumentAlias("access_key").UseOptimisticConcurrency(true)
            .Duplicate(k => k.Hash, configure: index => index.IsUnique = true)
            .Duplicate(k => k.FormerHash, configure: index => index.IsUnique = true);
        options.Schema.For<ErasureRequest>().DocumentAlias("erasure").UseOptimisticConcurrency(true);
        options.Schema.For<OperationAnswer>().DocumentAlias("operation_answer");
        options.Schema.For<SessionKey>().DocumentAlias("session_key");
        options.Schema.For<NoticeDraft>().DocumentAlias("notice_draft").UseOptimisticConcurrency(true);
        options.Schema.For<StoredIdentity>().DocumentAlias("identity").UseOptimisticConcurrency(true);
    }
}

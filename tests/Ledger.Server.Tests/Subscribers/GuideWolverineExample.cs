using System.Collections.Concurrent;
using System.Text.Json;
using Wolverine;
using Wolverine.Attributes;
using Wolverine.RabbitMQ;

namespace Ledger.Server.Tests.Subscribers;

/// <summary>A Wolverine application of somebody else's that takes events as typed messages: docs/wolverine.md shows it as it stands here.</summary>
public static class GuideWolverineExample
{
    // What docs/wolverine.md shows begins here.
    public static void Configure(WolverineOptions options, Uri broker)
    {
        options.UseRabbitMq(broker);
        options.ListenToRabbitQueue("newsroom")
            .InteropWithCloudEvents(new(JsonSerializerDefaults.Web))
            .Sequential();      // one at a time, in the order of the queue
    }

    [MessageIdentity("ledger.denial_recorded.v1")]
    public sealed record DenialRecorded(string Party, string Statement);

    public static class DenialRecordedHandler
    {
        public static void Handle(DenialRecorded denial, Envelope envelope, Desk desk) =>
            desk.Take(envelope.Id, envelope.SentAt, denial);
    }

    // And ends here.
    public sealed class Desk
    {
        internal ConcurrentQueue<(Guid Id, DateTimeOffset SentAt, DenialRecorded Denial)> Taken { get; } = [];

        public void Take(Guid id, DateTimeOffset sentAt, DenialRecorded denial) => Taken.Enqueue((id, sentAt, denial));
    }
}

using Ledger.Store;

namespace Ledger.Server;

/// <summary>One event's turn in its lane. A turn that was loaded from the store carries no event; the event is read when it is needed.</summary>
internal sealed record DeliveryTurn(Delivery Delivery, PublishedEvent? Event);

/// <summary>The deliveries of one stream, which go out one after the other.</summary>
internal sealed class DeliveryLane(string stream)
{
    internal string Stream { get; } = stream;

    internal Queue<DeliveryTurn> Turns { get; } = new();

    /// <summary>An attempt is under way.</summary>
    internal bool Busy { get; set; }

    /// <summary>A delivery failed. The following ones are stored as pending too, and are loaded from the store in order.</summary>
    internal bool Stored { get; set; }

    /// <summary>The stored deliveries are among <see cref="Turns"/>.</summary>
    internal bool Loaded { get; set; }

    /// <summary>The first delivery is parked; only an operator moves it.</summary>
    internal bool Parked { get; set; }

    /// <summary>Do not wait for the retry schedule: the endpoint answers again, or a restriction has ended.</summary>
    internal bool Released { get; set; }

    /// <summary>When the stored deliveries are tried again.</summary>
    internal DateTimeOffset? Due { get; set; }

    /// <summary>Set when the lane holds something restricted. It may have to go out late, before the end of the restriction is told.</summary>
    internal Withheld? Withheld { get; set; }

    internal bool IsUrgent => Turns.Any(t => UrgentEvents.Types.Contains(t.Delivery.Type));

    /// <summary>Whether something in the lane must go out before the end of a source's restriction.</summary>
    internal bool IsLateBefore(RestrictionEnd end) =>
        Withheld is { } withheld && (withheld.Sources is null || withheld.Sources.Contains(end.Source!))
        && (Turns.TryPeek(out var first) ? first.Delivery.Position < end.Position : withheld.Position < end.Position);
}

using System.Globalization;
using Ledger.Benchmarks;

string[] options = args is [_, .. var rest] ? rest : [];
switch (args)
{
    case ["append", ..]:
        await AppendBenchmark.RunAsync(
            Seconds(), (int)Number("--rounds", 5), [.. Option("--callers", "1,8,32,256").Split(',').Select(c => int.Parse(c, CultureInfo.InvariantCulture))], WarmUp());
        return 0;
    case ["http", ..]:
        await AppendBenchmark.RunHttpAsync(Seconds(), (int)Number("--rounds", 5), WarmUp());
        return 0;
    case ["reads", ..]:
        await ReadsBenchmark.RunAsync((int)Number("--rounds", 5));
        return 0;
    case ["time", ..]:
        await TimeBenchmark.RunAsync((int)Number("--events", 1_000_000));
        return 0;
    case ["rebuild", ..]:
        await TimeBenchmark.RunRebuildAsync((int)Number("--events", 1_000_000));
        return 0;
    case ["provenance", ..]:
        await ProvenanceBenchmark.RunAsync((int)Number("--commands", 200_000), (int)Number("--claims", 100_000));
        return 0;
    case ["proof", ..]:
        await ProofBenchmark.RunAsync(Number("--events", 1_000_000), Seconds(), (int)Number("--rounds", 5));
        return 0;
    case ["subscribers", ..]:
        await SubscriberBenchmark.RunAsync(Number("--events", 1_000_000), Option("--only", ""));
        return 0;
    case ["archive", ..]:
        await ArchiveBenchmark.RunAsync((int)Number("--records", 100_000));
        return 0;
    case ["pages", ..]:
        await PagesBenchmark.RunAsync((int)Number("--claims", 100_000));
        return 0;
    default:
        Console.WriteLine("""
            usage: append [--seconds 3] [--rounds 5] [--callers 1,8,32,256] [--warmup 60]
                   appends/s of the engine, and of denials over HTTP, beside pgbench's two inserts in one statement, on one private cluster
                   http [--seconds 3] [--rounds 5] [--warmup 60]
                   the part of append that goes over HTTP
                   reads [--rounds 5]
                   one stream read and folded: the store's rows beside Marten's session
                   time [--events 1000000]
                   reads of the past beside reads of the present, and rebuilds, on a log and on one of a tenth of its length
                   rebuild [--events 1000000]
                   the part of time that rebuilds, alone on the machine
                   provenance [--commands 200000] [--claims 100000]
                   import, graphs of three hops, and a change with a thousand derived assertions, over HTTP
                   proof [--events 1000000] [--seconds 3] [--rounds 5]
                   appends with and without signing, the lag of the signed head, a receipt, and ledger verify
                   subscribers [--events 1000000] [--only live|catchup]
                   commit to receipt by SSE and webhook, idle and many readers, and one reader's way through a whole log
                   archive [--records 100000]
                   rows of Retraction Watch imported over HTTP, and the same again: records/s, memory
                   pages [--claims 100000]
                   pages for people beside the JSON reads of what they show: time, size, script
            """);
        return 2;
}

TimeSpan WarmUp() => TimeSpan.FromSeconds(double.Parse(Option("--warmup", "60"), CultureInfo.InvariantCulture));

TimeSpan Seconds() => TimeSpan.FromSeconds(double.Parse(Option("--seconds", "3"), CultureInfo.InvariantCulture));

string Option(string name, string otherwise) =>
    Array.IndexOf(options, name) is var i and >= 0 && i + 1 < options.Length ? options[i + 1] : otherwise;

long Number(string name, long otherwise) => long.Parse(Option(name, otherwise.ToString(CultureInfo.InvariantCulture)), CultureInfo.InvariantCulture);

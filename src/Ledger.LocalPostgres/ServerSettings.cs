using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Ledger.LocalPostgres;

/// <summary>The settings file that the cluster's <c>postgresql.conf</c> includes. It is written at every start.</summary>
internal static partial class ServerSettings
{
    /// <summary>The defaults, for development on a laptop: the memory of a small server, few log messages, and one time zone.</summary>
    private static readonly Dictionary<string, string> Defaults = new(StringComparer.OrdinalIgnoreCase)
    {
        ["max_connections"] = "100",
        ["shared_buffers"] = "128MB",
        ["max_wal_size"] = "1GB",
        ["password_encryption"] = "scram-sha-256",
        ["log_destination"] = "stderr",
        ["logging_collector"] = "off",
        ["log_checkpoints"] = "off",
        ["log_line_prefix"] = "%m [%p] %e ",
        ["log_timezone"] = "UTC",
        ["timezone"] = "UTC",
        ["cluster_name"] = "claims-ledger",
    };

    /// <summary>The settings that keep the cluster private (loopback only, no socket). They cannot be overridden.</summary>
    private static readonly HashSet<string> Own = new(StringComparer.OrdinalIgnoreCase)
    {
        "listen_addresses", "port", "unix_socket_directories",
    };

    /// <exception cref="ArgumentException">A name is not that of a setting, the cluster itself sets it, or a value has a line break.</exception>
    public static void Check(IReadOnlyDictionary<string, string> overrides)
    {
        foreach (var (name, value) in overrides)
        {
            if (!NamePattern().IsMatch(name) || Own.Contains(name))
                throw new ArgumentException($"'{name}' is not a setting that a private cluster takes.", nameof(overrides));
            if (value.AsSpan().ContainsAny('\n', '\r'))
                throw new ArgumentException($"The setting '{name}' has more than one line.", nameof(overrides));
        }
    }

    /// <summary>The text of the file, with overrides that were checked.</summary>
    public static string Text(IReadOnlyDictionary<string, string> overrides, int port)
    {
        var settings = new Dictionary<string, string>(Defaults, StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in overrides)
            settings[name] = value;
        settings["listen_addresses"] = LocalCluster.Loopback;
        settings["port"] = port.ToString(CultureInfo.InvariantCulture);
        settings["unix_socket_directories"] = "";

        var text = new StringBuilder("# Written at every start of the cluster; what is changed here is lost.\n");
        foreach (var (name, value) in settings)
            text.Append(name).Append(" = '").Append(Escape(value)).Append("'\n");
        return text.ToString();
    }

    /// <summary>
    /// Escapes a quoted value. The server's parser (GUC_scanstr in its source) reads a doubled quote as one quote, and a backslash as
    /// the start of an escape.
    /// </summary>
    private static string Escape(string value) =>
        value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "''", StringComparison.Ordinal);

    [GeneratedRegex(@"^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)?\z")]
    private static partial Regex NamePattern();
}

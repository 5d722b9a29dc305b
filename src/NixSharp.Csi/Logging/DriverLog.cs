using System.Globalization;
using System.Text;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace NixSharp.Csi.Logging;

/// <summary>Writes events, a line each. Safe for use by several threads.</summary>
internal sealed class DriverLog(TextWriter writer, LogFormat format)
{
    private readonly object _gate = new();

    /// <summary>Writes one event.</summary>
    /// <param name="level">How much it matters.</param>
    /// <param name="message">What happened: always the same words for the same thing.</param>
    /// <param name="fields">To whom or what; those without a value are left out.</param>
    public void Write(LogLevel level, string message, params IReadOnlyList<(string Name, object? Value)> fields)
    {
        IEnumerable<(string Name, object? Value)> all =
        [
            ("time", DateTime.UtcNow.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture)),
            ("level", level switch { LogLevel.Info => "info", LogLevel.Warning => "warning", _ => "error" }),
            ("message", message),
            .. fields.Where(static field => field.Value is not null),
        ];
        var line = format == LogFormat.Json ? WriteJson(all) : WriteLogfmt(all);
        lock (_gate)
        {
            writer.WriteLine(line);
        }
    }

    private static string WriteJson(IEnumerable<(string Name, object? Value)> fields) =>
        new JObject(fields.Select(static field => new JProperty(field.Name, JToken.FromObject(field.Value!)))).ToString(Formatting.None);

    private static string WriteLogfmt(IEnumerable<(string Name, object? Value)> fields)
    {
        var line = new StringBuilder();
        foreach (var (name, value) in fields)
        {
            var text = Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
            var isPlain = text.Length > 0 && text.All(static c => c is > ' ' and <= '~' and not ('"' or '=' or '\\'));
            line.Append(line.Length == 0 ? "" : " ").Append(name).Append('=').Append(isPlain ? text : JsonConvert.ToString(text));
        }

        return line.ToString();
    }
}

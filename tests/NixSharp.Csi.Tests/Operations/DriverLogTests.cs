using Newtonsoft.Json.Linq;
using NixSharp.Csi.Logging;
using Xunit;

namespace NixSharp.Csi.Tests.Operations;

public sealed class DriverLogTests
{
    [Fact]
    public void An_event_is_a_line_of_JSON_whatever_is_in_it()
    {
        var json = JObject.Parse(Write(LogFormat.Json, ("volume", "a\n\"b\""), ("seconds", 1.5), ("reused", true), ("pod", null)));
        Assert.Equal(["time", "level", "message", "volume", "seconds", "reused"], json.Properties().Select(static property => property.Name));
        Assert.Equal("a\n\"b\"", (string?)json["volume"]);
        Assert.Equal(1.5, (double?)json["seconds"]);
    }

    [Fact]
    public void An_event_is_a_line_of_keys_and_values_whatever_is_in_it() =>
        Assert.EndsWith(
            " level=warning message=published volume=\"a\\n\\\"b\\\"\" empty=\"\" seconds=1.5",
            Write(LogFormat.Logfmt, ("volume", "a\n\"b\""), ("empty", ""), ("seconds", 1.5)),
            StringComparison.Ordinal);

    private static string Write(LogFormat format, params (string, object?)[] fields)
    {
        using var writer = new StringWriter();
        new DriverLog(writer, format).Write(LogLevel.Warning, "published", fields);
        var line = writer.ToString();
        Assert.Equal(1, line.Count(static c => c == '\n'));
        return line.TrimEnd('\n');
    }
}

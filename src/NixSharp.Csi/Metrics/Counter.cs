using System.Collections.Concurrent;
using System.Globalization;
using System.Text;

namespace NixSharp.Csi.Metrics;

/// <summary>A number for each combination of labels, which only grows.</summary>
internal sealed class Counter(string name, string help, params IReadOnlyList<string> labels) : IMetric
{
    private readonly ConcurrentDictionary<string, long> _values = new(StringComparer.Ordinal);

    public void Add(long amount, params IReadOnlyList<string> values) =>
        _values.AddOrUpdate(Labels.Write(labels, values), amount, (_, before) => before + amount);

    public void Write(StringBuilder text)
    {
        text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {help}\n# TYPE {name} counter\n");
        foreach (var (written, value) in _values.OrderBy(static pair => pair.Key, StringComparer.Ordinal))
        {
            text.Append(name).Append(written.Length == 0 ? "" : $"{{{written}}}").Append(CultureInfo.InvariantCulture, $" {value}\n");
        }
    }
}

using System.Globalization;
using System.Text;

namespace NixSharp.Csi.Metrics;

/// <summary>How often durations were up to how many seconds, for each combination of labels.</summary>
internal sealed class Histogram(string name, string help, params IReadOnlyList<string> labels) : IMetric
{
    private static readonly double[] Bounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 600];

    private readonly object _gate = new();
    private readonly SortedDictionary<string, Series> _series = new(StringComparer.Ordinal);

    public void Add(TimeSpan duration, params IReadOnlyList<string> values)
    {
        var seconds = duration.TotalSeconds;
        lock (_gate)
        {
            var key = Labels.Write(labels, values);
            if (!_series.TryGetValue(key, out var series))
            {
                _series.Add(key, series = new Series());
            }

            series.Sum += seconds;
            var bucket = Array.FindIndex(Bounds, bound => seconds <= bound);
            series.Counts[bucket < 0 ? Bounds.Length : bucket]++;
        }
    }

    public void Write(StringBuilder text)
    {
        text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {help}\n# TYPE {name} histogram\n");
        lock (_gate)
        {
            foreach (var (key, series) in _series)
            {
                var (before, count) = (key.Length == 0 ? "" : key + ",", 0L);
                for (var i = 0; i <= Bounds.Length; i++)
                {
                    count += series.Counts[i];
                    var bound = i < Bounds.Length ? Bounds[i].ToString(CultureInfo.InvariantCulture) : "+Inf";
                    text.Append(CultureInfo.InvariantCulture, $"{name}_bucket{{{before}le=\"{bound}\"}} {count}\n");
                }

                var braces = key.Length == 0 ? "" : $"{{{key}}}";
                text.Append(CultureInfo.InvariantCulture, $"{name}_sum{braces} {series.Sum}\n{name}_count{braces} {count}\n");
            }
        }
    }

    private sealed class Series
    {
        public long[] Counts { get; } = new long[Bounds.Length + 1];

        public double Sum { get; set; }
    }
}

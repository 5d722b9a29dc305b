using System.Globalization;
using System.Text;

namespace NixSharp.Benchmarks;

/// <summary>The table that is printed and kept.</summary>
internal sealed class Report
{
    private readonly StringBuilder _text = new(
        "| work | program | median | min | max | peak memory | times NixSharp's |\n|---|---|---:|---:|---:|---:|---:|\n");

    public void Add(Comparison comparison, IReadOnlyList<IReadOnlyList<Sample>> runs)
    {
        IReadOnlyList<Contender> contenders = [comparison.Ours, .. comparison.Peers];
        for (var i = 0; i < contenders.Count; i++)
        {
            // Each run is held against ours of the same round, so that a slow moment of the machine falls on both.
            var ratio = Median(runs[i].Zip(runs[0], static (theirs, ours) => theirs.Seconds / ours.Seconds));
            var row = string.Create(
                CultureInfo.InvariantCulture,
                $"| {(i == 0 ? comparison.Name : "")} | {contenders[i].Name} | {Seconds(Median(runs[i].Select(static run => run.Seconds)))} | {Seconds(runs[i].Min(static run => run.Seconds))} | {Seconds(runs[i].Max(static run => run.Seconds))} | {Memory(runs[i].Max(static run => run.PeakBytes))} | {ratio:0.00} |");
            Console.WriteLine(row);
            _text.Append(row).Append('\n');
        }
    }

    public void Save(string file)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, _text.ToString());
    }

    private static string Seconds(double value) => string.Create(CultureInfo.InvariantCulture, $"{value:0.000} s");

    private static string Memory(long? bytes) => bytes is { } value ? string.Create(CultureInfo.InvariantCulture, $"{value / 1048576.0:0} MiB") : "";

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }
}

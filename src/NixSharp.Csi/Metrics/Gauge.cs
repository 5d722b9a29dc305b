using System.Globalization;
using System.Text;

namespace NixSharp.Csi.Metrics;

/// <summary>A number that is asked for when it is wanted.</summary>
internal sealed class Gauge(string name, string help, Func<double> read) : IMetric
{
    public void Write(StringBuilder text) =>
        text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {help}\n# TYPE {name} gauge\n{name} {read()}\n");
}

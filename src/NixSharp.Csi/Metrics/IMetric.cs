using System.Text;

namespace NixSharp.Csi.Metrics;

/// <summary>Something that is measured.</summary>
internal interface IMetric
{
    /// <summary>Writes what was measured, in the text format of Prometheus.</summary>
    void Write(StringBuilder text);
}

using System.Text;

namespace NixSharp.Csi.Metrics;

/// <summary>Labels in the text format of Prometheus.</summary>
internal static class Labels
{
    /// <summary>Writes labels: <c>method="Probe",status="OK"</c>.</summary>
    public static string Write(IReadOnlyList<string> names, IReadOnlyList<string> values)
    {
        var text = new StringBuilder();
        for (var i = 0; i < names.Count; i++)
        {
            text.Append(i == 0 ? "" : ",").Append(names[i]).Append("=\"");
            foreach (var c in values[i])
            {
                _ = c switch
                {
                    '\\' => text.Append("\\\\"),
                    '"' => text.Append("\\\""),
                    '\n' => text.Append("\\n"),
                    _ => text.Append(c),
                };
            }

            text.Append('"');
        }

        return text.ToString();
    }
}

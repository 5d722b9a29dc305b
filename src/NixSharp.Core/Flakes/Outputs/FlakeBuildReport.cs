using System.Globalization;
using System.Text;

namespace NixSharp.Flakes.Outputs;

/// <summary>What became of the outputs of a flake, by attribute.</summary>
public sealed record FlakeBuildReport(IReadOnlyList<FlakeBuildResult> Results)
{
    /// <summary>What failed.</summary>
    public IEnumerable<FlakeBuildResult> Failures => Results.Where(static result => result.Error is not null);

    /// <summary>Whether all outputs are there.</summary>
    public bool IsGood => Results.All(static result => result.IsGood);

    /// <summary>Throws where an output is not there, with all failures in the message.</summary>
    /// <exception cref="FlakeException">Something failed.</exception>
    public void ThrowIfFailed()
    {
        if (IsGood)
        {
            return;
        }

        var text = new StringBuilder();
        foreach (var failure in Failures)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n{failure.Attribute}: {failure.Error!.Code}: {failure.Error.Message}");
        }

        throw new FlakeException(
            NixErrorCodes.FlakeOutputsFailed,
            $"{Results.Count(static result => !result.IsGood)} of {Results.Count} outputs are not there. Correct what failed; what was built stays.{text}",
            Failures.FirstOrDefault()?.Error);
    }

    /// <summary>A line for each output: what became of it, how long it took, and its first path.</summary>
    public override string ToString()
    {
        var width = Results.Select(static result => result.Attribute.Length).Append("output".Length).Max();
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{"output".PadRight(width)}  {"result",-17}  {"time",8}  path");
        foreach (var result in Results)
        {
            var time = result.Duration == TimeSpan.Zero ? "" : string.Create(CultureInfo.InvariantCulture, $"{result.Duration.TotalSeconds:0.0} s");
            var path = result.Outputs.OrderBy(static output => output.Key != "out").Select(static output => output.Value.ToString()).FirstOrDefault("");
            var line = string.Create(CultureInfo.InvariantCulture, $"{result.Attribute.PadRight(width)}  {Describe(result.Status),-17}  {time,8}  {path}");
            text.Append('\n').Append(line.TrimEnd());
        }

        return text.ToString();
    }

    private static string Describe(FlakeBuildStatus status) => status switch
    {
        FlakeBuildStatus.Built => "built",
        FlakeBuildStatus.Cached => "in a cache",
        FlakeBuildStatus.EvaluationFailed => "evaluation failed",
        FlakeBuildStatus.BuildFailed => "build failed",
        FlakeBuildStatus.UploadFailed => "upload failed",
        _ => "skipped",
    };
}

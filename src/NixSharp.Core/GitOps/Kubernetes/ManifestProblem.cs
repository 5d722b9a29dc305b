using System.Globalization;
using YamlDotNet.Core;

namespace NixSharp.GitOps.Kubernetes;

/// <summary>Errors about manifests, with the line.</summary>
internal static class ManifestProblem
{
    public static GitOpsException At(string origin, YamlException error) => Make(origin, Explain(error), error);

    public static GitOpsException At(string origin, string what) => Make(origin, what, null);

    public static GitOpsException At(string origin, string what, Mark place) =>
        Make(origin, string.Create(CultureInfo.InvariantCulture, $"{what}, in line {place.Line}"), null);

    /// <summary>An error about an option of which no manifest can be made.</summary>
    public static GitOpsException Options(string what, string value, string advice) =>
        new(NixErrorCodes.InvalidManifestOptions, $"No manifests can be made with '{value}' as the {what}: {advice}.", value);

    /// <summary>What is wrong, with the line where it is known.</summary>
    public static string Explain(YamlException error)
    {
        // What went wrong in a field is told by the exception inside.
        var what = (error.InnerException?.Message ?? error.Message).TrimEnd('.');
        return error.Start.Line > 0 ? string.Create(CultureInfo.InvariantCulture, $"{what}, in line {error.Start.Line}") : what;
    }

    private static GitOpsException Make(string origin, string why, Exception? error) => new(
        NixErrorCodes.InvalidManifest,
        $"{origin} is no manifest that can be used: {why}. Correct what writes it; every object needs apiVersion, kind and metadata.name.",
        origin,
        error);
}

using System.Globalization;
using YamlDotNet.Core;

namespace NixSharp.GitOps.Kubernetes;

/// <summary>Errors about manifests, with the line.</summary>
internal static class ManifestProblem
{
    public static GitOpsException At(string origin, YamlException error) => At(origin, Explain(error), error.Start, error);

    public static GitOpsException At(string origin, string what, Mark place, Exception? error = null) => new(
        NixErrorCodes.InvalidManifest,
        string.Create(CultureInfo.InvariantCulture, $"{origin} is no manifest that can be used: {what}{(place.Line > 0 ? $", in line {place.Line}" : "")}. Correct what writes it; every object needs apiVersion, kind and metadata.name."),
        origin,
        error);

    // What went wrong in a field is told by the exception inside.
    private static string Explain(YamlException error) => (error.InnerException?.Message ?? error.Message).TrimEnd('.');
}

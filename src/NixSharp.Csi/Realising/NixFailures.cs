using System.Text.RegularExpressions;
using NixSharp.Csi.Publishing;
using NixSharp.Processes;

namespace NixSharp.Csi.Realising;

/// <summary>Tells apart why Nix failed, by what it printed.</summary>
internal static partial class NixFailures
{
    private const int LinesTold = 25;

    /// <summary>The failure with a code of its own where the reason is known, and the end of what Nix printed.</summary>
    public static NixException Explain(NixProcessException error, VolumeSource source)
    {
        var text = string.Join('\n', error.ErrorTail.TakeLast(LinesTold));
        return error.Code != NixErrorCodes.FlakeFailed ? error
            : NoSpace().IsMatch(text) ? Failed(NixErrorCodes.VolumeOutOfSpace, "there is no space left. Make room where the store is, or collect its garbage")
            : NoBuilder().IsMatch(text) ? Failed(NixErrorCodes.CsiNoBuilder, "no builder takes it. See that the builders can be reached and are for its system; it is tried again with the next call")
            : TimedOut().IsMatch(text) ? Failed(NixErrorCodes.BuildLimit, "a builder took too long. Give it more time, or build it elsewhere and push it to a cache")
            : BuildFailed().IsMatch(text) ? Failed(NixErrorCodes.BuildFailed, "a builder failed. Correct what it complains of")
            : Failed(NixErrorCodes.FlakeFailed, "Nix could not evaluate it. Correct what Nix complains of");

        NixException Failed(string code, string why) => new(code, $"{source} was not built: {why}.\n{text}", error);
    }

    [GeneratedRegex("No space left on device|Disk quota exceeded", RegexOptions.CultureInvariant)]
    private static partial Regex NoSpace();

    [GeneratedRegex("unable to start any build|[Ff]ailed to find a machine|required \\(system, features\\)|a '[^']+' (with features|is required)", RegexOptions.CultureInvariant)]
    private static partial Regex NoBuilder();

    [GeneratedRegex("timed out after \\d+ seconds", RegexOptions.CultureInvariant)]
    private static partial Regex TimedOut();

    [GeneratedRegex("builder for '[^']+' failed|build of '[^']+'.* failed|Cannot build '[^']+'|failed to produce output path|hash mismatch in fixed-output derivation", RegexOptions.CultureInvariant)]
    private static partial Regex BuildFailed();
}

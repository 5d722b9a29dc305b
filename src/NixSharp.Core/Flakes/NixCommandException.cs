using NixSharp.Flakes.Logs;
using NixSharp.Processes;

namespace NixSharp.Flakes;

/// <summary>A run of <c>nix</c> that failed, with the errors that it named.</summary>
public sealed class NixCommandException : NixProcessException
{
    internal NixCommandException(string code, string message, string command)
        : base(code, message, command)
    {
    }

    /// <summary>The errors, the first one first; empty where Nix said nothing that could be read.</summary>
    public IReadOnlyList<NixDiagnostic> Diagnostics { get; init; } = [];
}

namespace NixSharp.Building;

/// <summary>A file or folder of the machine that is in a sandbox.</summary>
/// <param name="Source">Where it is on the machine.</param>
/// <param name="Target">Where it is in the sandbox.</param>
/// <param name="IsOptional">Whether it may be missing on the machine.</param>
internal readonly record struct SandboxMount(string Source, string Target, bool IsOptional = false);

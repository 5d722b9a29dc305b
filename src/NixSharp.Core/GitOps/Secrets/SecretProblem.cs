namespace NixSharp.GitOps.Secrets;

/// <summary>A file that is not encrypted, or not all of it. Nothing here has a value out of the file.</summary>
/// <param name="Path">The file, relative to the folder of <c>.sops.yaml</c>.</param>
/// <param name="Line">The line, from 1; null where the whole file is meant.</param>
/// <param name="Reason">What is wrong, such as <c>the value of db.password is not encrypted</c>.</param>
public sealed record SecretProblem(string Path, int? Line, string Reason)
{
    /// <inheritdoc/>
    public override string ToString() => Line is { } line ? $"{Path}:{line}: {Reason}" : $"{Path}: {Reason}";
}

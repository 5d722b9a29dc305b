namespace NixSharp;

/// <summary>What a <see cref="NixProgress"/> counts.</summary>
public enum ProgressUnit
{
    /// <summary>Bytes.</summary>
    Bytes,

    /// <summary>Files, layers, store paths: whole things.</summary>
    Items,
}

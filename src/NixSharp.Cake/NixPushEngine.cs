namespace NixSharp.Cake;

/// <summary>What pushes an image.</summary>
public enum NixPushEngine
{
    /// <summary>NixSharp itself, without temporary files.</summary>
    Native,

    /// <summary>The <c>skopeo</c> on this machine.</summary>
    Skopeo,
}

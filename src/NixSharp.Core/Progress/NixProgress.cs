namespace NixSharp;

/// <summary>One report of how far a long operation is; reported through <see cref="IProgress{T}"/>.</summary>
/// <param name="Activity">What is being done, such as <c>hashing</c> or <c>pushing</c>: stable for one bar.</param>
/// <param name="Item">What it is being done to: a store path, a layer, a file.</param>
/// <param name="Done">How much is done, in <paramref name="Unit"/>.</param>
/// <param name="Total">How much there is in all, where that is known.</param>
/// <param name="Unit">What <paramref name="Done"/> and <paramref name="Total"/> count.</param>
public readonly record struct NixProgress(
    string Activity,
    string Item,
    long Done,
    long? Total,
    ProgressUnit Unit = ProgressUnit.Bytes);

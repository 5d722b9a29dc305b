using Xunit;

namespace NixSharp.Testing;

/// <summary>A test against a real <see cref="S3Server"/>, skipped, with the reason printed, where that is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class S3FactAttribute : FactAttribute
{
    public S3FactAttribute()
    {
        Skip = S3Server.WhyMissing();
    }
}

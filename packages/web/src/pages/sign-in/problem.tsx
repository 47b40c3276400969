import styles from './sign-in.module.css'

export function Problem({ error }: { readonly error: Error }) {
  return (
    <p className={styles.problem} role="alert">
      {error.message}
    </p>
  )
}
